package dev.tilewright.processor.model;

import javax.lang.model.element.TypeElement;

/**
 * What a companion class keeps.
 *
 * @param packageName the package of the companion and of the type
 * @param simpleName the companion's name
 * @param type the outermost type of the source file
 * @param file the source file's name
 * @param text the source file's text
 * @param sha256 the text's digest
 */
public record CompanionSource(
    String packageName,
    String simpleName,
    TypeElement type,
    String file,
    String text,
    String sha256) {}
