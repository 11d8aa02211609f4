/** all-MiniLM-L6-v2, as the example declares it, on real text. */
package dev.tilewright.tests.minilm;
