/**
 * PIM-GPT's eight models: a token in memory, by the simulator, beside one of the host, measured.
 */
package dev.tilewright.examples.pimgpt;
