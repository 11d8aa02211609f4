/** What is written: tables, JSON lines, charts. */
package dev.tilewright.bench.report;
