/** A terminal chat with a language model. */
module dev.tilewright.examples.chat {
  requires dev.tilewright.examples.language;
  requires dev.tilewright.runtime;
  requires dev.tilewright.text;
  requires info.picocli;
  requires jdk.unsupported;

  exports dev.tilewright.examples.chat;

  opens dev.tilewright.examples.chat to
      info.picocli;
}
