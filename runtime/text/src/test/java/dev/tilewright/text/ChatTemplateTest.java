package dev.tilewright.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tilewright.runtime.Weights;
import java.time.Year;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What Python's jinja2 renders with trim_blocks and lstrip_blocks is written out here. */
class ChatTemplateTest {
  private static final ChatMessage SYSTEM = new ChatMessage("system", "Be brief.");
  private static final ChatMessage USER = new ChatMessage("user", " Hi there! ");
  private static final ChatMessage ASSISTANT = new ChatMessage("assistant", "Hello.\n");

  /** The form of ChatML. */
  @Test
  void turnsAreMarked() {
    String chatMl =
        """
        {% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}\
        {{ '<|im_start|>system\\nBe kind.<|im_end|>\\n' }}{% endif %}\
        {{'<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n'}}\
        {% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}\
        """;
    String user = "<|im_start|>user\n Hi there! <|im_end|>\n";
    assertThat(render(chatMl, SYSTEM, USER))
        .isEqualTo("<|im_start|>system\nBe brief.<|im_end|>\n" + user + "<|im_start|>assistant\n");
    assertThat(ChatTemplate.of(chatMl, "", "").render(List.of(USER), false))
        .isEqualTo("<|im_start|>system\nBe kind.<|im_end|>\n" + user);
  }

  /** The form of Gemma's: filters bind closer than plus, roles are renamed and must alternate. */
  @Test
  void rolesMayBeRefused() {
    String alternating =
        "{{ bos_token }}{% for message in messages %}"
            + "{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}"
            + "{{ raise_exception('Roles must alternate') }}{% endif %}"
            + "{% if (message['role'] == 'assistant') %}{% set role = 'model' %}"
            + "{% else %}{% set role = message['role'] %}{% endif %}"
            + "{{ '<start>' + role + '\n' + message['content'] | trim + '<end>\n' }}{% endfor %}";
    assertThat(render(alternating, USER, ASSISTANT))
        .isEqualTo("<bos><start>user\nHi there!<end>\n<start>model\nHello.<end>\n");
    refused(alternating, "refuses the conversation: Roles must alternate", USER, USER);
  }

  @Test
  void linesOfBlocksLeaveNothing() {
    assertThat(
            render(
                """
                {% for message in messages %}
                    {%- if message.role == 'user' %}
                [{{ message.content.strip() }}]
                    {% elif message.content.startswith('Hel') -%}
                        {{ message.content.split('l')[-1].rstrip('\\n') }}
                {% endif %}
                {% endfor %}
                end
                """,
                USER, ASSISTANT))
        .isEqualTo("[Hi there!]\no.\nend");
  }

  @Test
  void variablesAreKnownOnlyWhereGiven() {
    ChatTemplate template =
        ChatTemplate.of("{% if thinking is defined and thinking %}T{% else %}-{% endif %}", "", "");
    assertThat(template.render(List.of(USER), false, Map.of("thinking", true))).isEqualTo("T");
    assertThat(template.render(List.of(USER), false)).isEqualTo("-");
    assertThat(render("{% if not bos_token is defined %}x{% endif %}.", USER)).isEqualTo(".");
    assertThat(render("{% for m in messages[::-1] %}{{ m.role }} {% endfor %}", USER, ASSISTANT))
        .isEqualTo("assistant user ");
    assertThat(render("{{ strftime_now('%Y') }}", USER))
        .startsWith(Year.now(ZoneId.systemDefault()).toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{{ 7 * 7 }}",
        "{% raw %}",
        "{% if %}",
        "{# x",
        "<|im_end|>'\"\\n\\",
        "👩‍👩‍👧 }}"
      })
  void whatIsSaidIsNeverRun(String words) {
    assertThat(render("{{ messages[0].content }}.", new ChatMessage("user", words)))
        .isEqualTo(words + ".");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{% for %}{% endfor %}",
        "{{ messages[0].content.nothing() }}",
        "{% for i in range(2000) %}{% for j in range(2000) %}{% for k in range(2000) %}{% if i %}{%"
            + " endif %}{% endfor %}{% endfor %}{% endfor %}",
        "{% for i in range(90000) %}{{ '0123456789abcdef' * 1000 }}{% endfor %}",
        "{% for i in range(90000) %}{{ messages[0].content * 100000 }}{% endfor %}",
        "{% macro f(n) %}{{ f(n + 1) }}x{% endmacro %}{{ f(0) }}",
        "{{ messages[0].content.getClass().forName('java.lang.Runtime') }}",
        "{{ messages[0].content.split('') }}",
        "{{ strftime_now('%Q') }}"
      })
  void hostileTemplatesAreRefused(String template) {
    refused(template, "chat template", USER);
  }

  @Test
  void theNameOfAMissingTemplateIsTold() {
    assertThatThrownBy(() -> ChatTemplate.of(Weights.of(Map.of())))
        .isInstanceOf(ChatTemplateException.class)
        .hasMessageContaining("has no tokenizer.chat_template");
    assertThatThrownBy(() -> ChatTemplate.of("x", "", "").render(List.of(), true))
        .hasMessageContaining("conversation is empty");
  }

  private static String render(String template, ChatMessage... messages) {
    return ChatTemplate.of(template, "<bos>", "<eos>").render(List.of(messages), true);
  }

  private static void refused(String template, String part, ChatMessage... messages) {
    assertThatThrownBy(() -> render(template, messages))
        .isInstanceOf(ChatTemplateException.class)
        .hasMessageContaining(part);
  }
}
