/** The C face of models: a header and a static library for each platform. */
package dev.tilewright.processor.cface;
