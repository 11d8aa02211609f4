package dev.tilewright.processor.diagnose;

import java.lang.annotation.Annotation;
import javax.lang.model.element.Element;

/** Knows where declarations stand. */
public interface Places {
  /** Where an element is declared. */
  Place place(Element element);

  /**
   * Where an element's annotation stands.
   *
   * @param member the member of the annotation whose value is meant; null for the whole annotation
   */
  Place place(Element element, Class<? extends Annotation> annotation, String member);
}
