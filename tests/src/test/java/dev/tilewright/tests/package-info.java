/** Tests that go through several modules: the parts of each have tests of their own beside them. */
package dev.tilewright.tests;
