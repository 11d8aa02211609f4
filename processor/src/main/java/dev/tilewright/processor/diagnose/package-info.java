/** What can be said to the user, and where it is said. */
package dev.tilewright.processor.diagnose;
