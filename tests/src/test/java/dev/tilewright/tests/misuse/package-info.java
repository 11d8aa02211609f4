/** Models that are called, closed and fed as they should not be. */
package dev.tilewright.tests.misuse;
