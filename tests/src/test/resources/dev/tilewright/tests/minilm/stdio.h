/* What the documented program takes of the C library, which brings no headers here. */
typedef struct file FILE;
enum { SEEK_END = 2 };
FILE *fopen(const char *, const char *);
int fseek(FILE *, long, int);
long ftell(FILE *);
void rewind(FILE *);
__SIZE_TYPE__ fread(void *, __SIZE_TYPE__, __SIZE_TYPE__, FILE *);
int fclose(FILE *);
int printf(const char *, ...);
int snprintf(char *, __SIZE_TYPE__, const char *, ...);
