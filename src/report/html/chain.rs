//! The chain as a picture: cards from the rule's name down to the uploaded CA, and between them the
//! links that hold or break. Knows nothing of certificates; it draws what it is given.

use super::markup::Markup;
use crate::report::fit::{ELLIPSIS, shorten_middle};
use crate::report::style::Tone;

/// Width of the drawing in its own units, which are CSS pixels unless the page is narrower.
const WIDTH: usize = 420;
const LINE: usize = 20;
/// Columns of text that fit beside a link, and the wider and narrower lines in a card.
const LINK_COLUMNS: usize = 44;
const NAME_COLUMNS: usize = 42;
const DETAIL_COLUMNS: usize = 52;
const MOST_LINES: usize = 8;

/// A card.
#[derive(Debug)]
pub(super) struct Node {
    /// What it is in the chain.
    pub role: String,
    pub name: String,
    pub details: Vec<String>,
    /// What is wrong with it by itself.
    pub faults: Vec<String>,
    pub tone: Tone,
}

/// What joins a card to the next.
#[derive(Debug)]
pub(super) struct Link {
    caption: String,
    hold: Hold,
    /// Why it does not hold, or why that cannot be determined.
    why: String,
}

/// Whether a link holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hold {
    Yes,
    No,
    Open,
}

/// Cards and the links between them: one link fewer than cards.
#[derive(Debug)]
pub(super) struct Chain {
    /// What the drawing is called.
    title: &'static str,
    pub nodes: Vec<Node>,
    pub links: Vec<Link>,
}

impl Chain {
    /// An empty one.
    pub fn of(title: &'static str) -> Self {
        Self { title, nodes: Vec::new(), links: Vec::new() }
    }

    /// The drawing, with a description in words; `id` is unique in the page.
    pub fn draw(&self, id: &str, page: &mut Markup) {
        let title = format!("{id}-title");
        let described = format!("{id}-desc");
        let height = self.nodes.iter().map(Node::height).sum::<usize>()
            + self.links.iter().map(Link::height).sum::<usize>()
            + 4;
        let view = format!("0 0 {WIDTH} {height}");
        let labels = format!("{title} {described}");
        page.open("svg", &[("viewBox", &view), ("role", "img"), ("aria-labelledby", &labels)]);
        page.element("title", &[("id", &title)], self.title);
        page.element("desc", &[("id", &described)], &self.in_words());
        let mut y = 2;
        for (position, node) in self.nodes.iter().enumerate() {
            node.draw(y, page);
            y += node.height();
            if let Some(link) = self.links.get(position) {
                link.draw(y, page);
                y += link.height();
            }
        }
        page.close("svg");
    }

    /// The same for those who do not see it.
    fn in_words(&self) -> String {
        let mut words = Vec::new();
        for (position, node) in self.nodes.iter().enumerate() {
            words.push(format!("{}: {}.", node.role, node.name));
            words.extend(node.faults.iter().map(|fault| format!("Fault: {fault}.")));
            if let Some(link) = self.links.get(position) {
                words.push(format!("{}. {}", link.caption, link.why).trim_end().to_owned());
            }
        }
        words.join(" ")
    }
}

impl Node {
    /// A card that says no more than this.
    pub fn plain(role: &str, name: &str) -> Self {
        Self {
            role: role.to_owned(),
            name: name.to_owned(),
            details: Vec::new(),
            faults: Vec::new(),
            tone: Tone::Plain,
        }
    }

    fn fault_lines(&self) -> Vec<String> {
        self.faults.iter().flat_map(|fault| wrap(fault, LINK_COLUMNS)).collect()
    }

    fn height(&self) -> usize {
        62 + LINE * (self.details.len() + self.fault_lines().len())
    }

    fn draw(&self, y: usize, page: &mut Markup) {
        let (top, height) = (y.to_string(), self.height().to_string());
        let width = (WIDTH - 4).to_string();
        page.open("g", &[("class", &format!("node {}", class(self.tone)))]);
        page.open("rect", &[("x", "2"), ("y", &top), ("width", &width), ("height", &height), ("rx", "10")]);
        page.close("rect");
        let mut line = Lines { y: y + 24, x: "18" };
        line.write("role", &self.role.to_uppercase(), page);
        line.write("name", &shorten_middle(&self.name, NAME_COLUMNS, ELLIPSIS), page);
        for detail in &self.details {
            line.write("detail", &shorten_middle(detail, DETAIL_COLUMNS, ELLIPSIS), page);
        }
        for fault in self.fault_lines() {
            line.write("fault", &fault, page);
        }
        page.close("g");
    }
}

impl Link {
    pub fn holds(caption: &str) -> Self {
        Self { caption: caption.to_owned(), hold: Hold::Yes, why: String::new() }
    }

    pub fn broken(caption: &str, why: String) -> Self {
        Self { caption: caption.to_owned(), hold: Hold::No, why }
    }

    /// Whether it holds cannot be determined.
    pub fn open(caption: &str, why: String) -> Self {
        Self { caption: caption.to_owned(), hold: Hold::Open, why }
    }

    fn lines(&self) -> Vec<String> {
        if self.why.is_empty() { Vec::new() } else { wrap(&self.why, LINK_COLUMNS) }
    }

    fn height(&self) -> usize {
        52 + LINE * self.lines().len()
    }

    fn draw(&self, y: usize, page: &mut Markup) {
        let (from, to) = (y + 4, y + self.height() - 8);
        let middle = y + 24;
        let class = match self.hold {
            Hold::Yes => "link good",
            Hold::No => "link bad",
            Hold::Open => "link open",
        };
        page.open("g", &[("class", class)]);
        page.open("path", &[("class", "line"), ("d", &format!("M36 {from}V{to}"))]).close("path");
        page.open("path", &[("class", "tip"), ("d", &format!("M31 {}l5 8l5 -8", to - 7))]).close("path");
        page.open("circle", &[("cx", "36"), ("cy", &middle.to_string()), ("r", "11")]).close("circle");
        let mark = match self.hold {
            Hold::Yes => format!("M31 {middle}l4 4l7 -8"),
            Hold::No => format!("M31.5 {}l9 9m0 -9l-9 9", middle as f32 - 4.5),
            // A question mark: its arc, and the dot below.
            Hold::Open => format!("M32.5 {}a3.5 3.5 0 1 1 3.5 4v2m0 3.4v.2", middle as f32 - 3.0),
        };
        page.open("path", &[("class", "mark"), ("d", &mark)]).close("path");
        let mut line = Lines { y: middle + 5, x: "60" };
        line.write("caption", &shorten_middle(&self.caption, LINK_COLUMNS, ELLIPSIS), page);
        for text in self.lines() {
            line.write("reason", &text, page);
        }
        page.close("g");
    }
}

/// Lines of text below one another.
struct Lines {
    y: usize,
    x: &'static str,
}

impl Lines {
    fn write(&mut self, class: &'static str, text: &str, page: &mut Markup) {
        page.element("text", &[("class", class), ("x", self.x), ("y", &self.y.to_string())], text);
        self.y += LINE;
    }
}

fn class(tone: Tone) -> &'static str {
    match tone {
        Tone::Good => "good",
        Tone::Bad => "bad",
        Tone::Doubtful => "doubtful",
        Tone::Faint => "absent",
        Tone::Strong | Tone::Command | Tone::Plain => "plain",
    }
}

/// Lines of at most `limit` columns; a text too long for the picture ends in an ellipsis, for the page
/// has the whole of it elsewhere.
fn wrap(text: &str, limit: usize) -> Vec<String> {
    let options = textwrap::Options::new(limit).word_splitter(textwrap::WordSplitter::NoHyphenation);
    let mut lines: Vec<String> = textwrap::wrap(text, options).into_iter().map(|l| l.into_owned()).collect();
    if lines.len() > MOST_LINES {
        lines.truncate(MOST_LINES);
        lines.push(ELLIPSIS.to_owned());
    }
    lines
}
