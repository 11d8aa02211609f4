/** Models that remember: sessions against one call over everything. */
package dev.tilewright.tests.session;
