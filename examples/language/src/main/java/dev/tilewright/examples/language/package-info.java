/** Language models: families without their sizes, and models that extend them. */
package dev.tilewright.examples.language;
