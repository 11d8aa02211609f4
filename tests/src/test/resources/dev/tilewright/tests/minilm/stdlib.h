/* What the documented program takes of the C library, which brings no headers here. */
typedef __SIZE_TYPE__ size_t;
void *aligned_alloc(size_t, size_t);
void exit(int);
