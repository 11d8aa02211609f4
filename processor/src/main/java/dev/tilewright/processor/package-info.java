/**
 * The javac side: reads model interfaces, lowers their bodies, writes libraries and binding
 * classes.
 */
package dev.tilewright.processor;
