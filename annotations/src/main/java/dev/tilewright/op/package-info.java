/** What the language comes down to: primitives with their shape rules, and layers over them. */
package dev.tilewright.op;
