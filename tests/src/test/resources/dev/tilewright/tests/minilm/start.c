/* Where a program begins whose C library brings no object for that. */
#include <stdlib.h>
int main(void);
__attribute__((force_align_arg_pointer)) void _start(void) { exit(main()); }
