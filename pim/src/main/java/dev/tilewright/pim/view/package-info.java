/** A page that shows when channels, banks and the host did what. */
package dev.tilewright.pim.view;
