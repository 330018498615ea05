//! HTML under construction. Markup is only ever a literal of this program; everything else goes
//! through [`Markup::text`] or an attribute's value, which escape it.

use crate::text::shown;

/// A piece of HTML.
#[derive(Debug, Default)]
pub(super) struct Markup(String);

/// Names and values of attributes.
pub(super) type Attributes<'a> = &'a [(&'static str, &'a str)];

impl Markup {
    /// Markup as this program writes it.
    pub fn raw(&mut self, markup: &'static str) -> &mut Self {
        self.0.push_str(markup);
        self
    }

    /// Text from anywhere.
    pub fn text(&mut self, text: &str) -> &mut Self {
        escape_into(&mut self.0, text);
        self
    }

    /// The start of an element.
    pub fn open(&mut self, name: &'static str, attributes: Attributes<'_>) -> &mut Self {
        self.raw("<").raw(name);
        for (attribute, value) in attributes {
            self.raw(" ").raw(attribute).raw("=\"").text(value).raw("\"");
        }
        self.raw(">")
    }

    /// The end of an element.
    pub fn close(&mut self, name: &'static str) -> &mut Self {
        self.raw("</").raw(name).raw(">")
    }

    /// An element that holds nothing but text.
    pub fn element(&mut self, name: &'static str, attributes: Attributes<'_>, text: &str) -> &mut Self {
        self.open(name, attributes).text(text).close(name)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The one place where text becomes HTML: deceptive characters are spelled out as everywhere else,
/// and what HTML would take for markup is escaped, in content and in quoted attributes alike.
fn escape_into(html: &mut String, text: &str) {
    for c in shown(text).chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            c => html.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_text() {
        let mut markup = Markup::default();
        markup.element("p", &[("title", "\" onclick='x'")], "<script>&amp;\u{202e}\u{0}日本</script>");
        assert_eq!(
            markup.as_str(),
            "<p title=\"&quot; onclick=&#39;x&#39;\">&lt;script&gt;&amp;amp;\\u{202e}\\u{0}日本&lt;/script&gt;</p>"
        );
    }
}
