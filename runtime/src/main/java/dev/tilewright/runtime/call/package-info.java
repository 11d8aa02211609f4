/** What eager and compiled models share: the check of an entry's arguments. */
package dev.tilewright.runtime.call;
