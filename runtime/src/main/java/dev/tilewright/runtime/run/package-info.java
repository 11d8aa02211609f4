/** Calls compiled code: the worker team, the memory of a call, the check of arguments. */
package dev.tilewright.runtime.run;
