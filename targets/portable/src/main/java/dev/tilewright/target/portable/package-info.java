/** The target for any CPU: C semantics, no instruction set assumed. */
package dev.tilewright.target.portable;
