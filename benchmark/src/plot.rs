//! A plot of time and of requests against the number of objects, as SVG: two panels, both axes
//! logarithmic. It is readable on light and on dark ground.

use std::fmt::Write as _;

/// One line of a panel.
#[derive(Clone, Debug)]
pub struct Series {
    /// What the legend says.
    pub name: String,
    /// The class of the line in the style below.
    pub class: &'static str,
    /// Number of objects, and what was measured.
    pub points: Vec<(f64, f64)>,
}

/// One panel.
#[derive(Clone, Debug)]
pub struct Panel {
    /// What is measured, with its unit.
    pub title: &'static str,
    /// Its lines.
    pub series: Vec<Series>,
}

const WIDTH: f64 = 480.0;
const HEIGHT: f64 = 340.0;
/// Around the axes of a panel.
const LEFT: f64 = 56.0;
const RIGHT: f64 = 28.0;
const TOP: f64 = 40.0;
const BOTTOM: f64 = 44.0;
/// Below the panels, for each line of the legend.
const LINE: f64 = 20.0;

/// What looks how. A viewer that knows nothing of dark ground shows the first of each.
const STYLE: &str = "
  text { font: 12px system-ui, sans-serif; fill: #52514e; }
  text.title { font-weight: 600; fill: #0b0b0b; }
  .grid { stroke: #d9d8d4; stroke-width: 1; }
  .line { fill: none; stroke-width: 2; stroke-linejoin: round; }
  .limit { stroke: #898781; stroke-dasharray: 5 4; }
  .echo { stroke: #52514e; stroke-dasharray: 2 3; }
  .shared0 { stroke: #86b6ef; }
  .shared50 { stroke: #2a78d6; }
  .shared200 { stroke: #104281; }
  .single0 { stroke: #f5b08a; }
  .single50 { stroke: #eb6834; }
  .single200 { stroke: #9a3a12; }
  @media (prefers-color-scheme: dark) {
    text { fill: #c3c2b7; }
    text.title { fill: #ffffff; }
    .grid { stroke: #3a3a38; }
    .echo { stroke: #c3c2b7; }
    .shared0 { stroke: #b7d3f6; }
    .shared50 { stroke: #3987e5; }
    .shared200 { stroke: #6da7ec; }
    .single0 { stroke: #f7c9b0; }
    .single50 { stroke: #d95926; }
    .single200 { stroke: #ee8f66; }
  }
";

/// The whole plot. The panels have the same lines, which the legend names once.
pub fn svg(panels: &[Panel]) -> String {
    let legend = panels.first().map_or(&[][..], |panel| &panel.series);
    let rows = legend.len().div_ceil(2);
    let (width, height) = (
        WIDTH * panels.len() as f64,
        HEIGHT + LINE * rows as f64 + 12.0,
    );
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
         width=\"{width}\" height=\"{height}\" role=\"img\">\n<title>{}</title>\n\
         <style>{STYLE}</style>\n",
        "Refresh: time and requests against the number of objects"
    );
    for (number, panel) in panels.iter().enumerate() {
        let left = WIDTH * number as f64;
        let _ = writeln!(text, "<g transform=\"translate({left} 0)\">");
        text.push_str(&drawn(panel));
        text.push_str("</g>\n");
    }
    for (number, series) in legend.iter().enumerate() {
        let (x, y) = (
            LEFT + width / 2.0 * (number / rows) as f64,
            HEIGHT + LINE * (number % rows) as f64 + 6.0,
        );
        let _ = writeln!(
            text,
            "<path class=\"line {}\" d=\"M{x} {y}h28\"/><text x=\"{}\" y=\"{}\">{}</text>",
            series.class,
            x + 36.0,
            y + 4.0,
            escaped(&series.name)
        );
    }
    text.push_str("</svg>\n");
    text
}

fn drawn(panel: &Panel) -> String {
    let points = || panel.series.iter().flat_map(|series| &series.points);
    let x = Axis::of(points().map(|point| point.0), LEFT, WIDTH - RIGHT);
    let y = Axis::of(points().map(|point| point.1), HEIGHT - BOTTOM, TOP);
    let mut text = format!(
        "<text class=\"title\" x=\"{LEFT}\" y=\"22\">{}</text>\n",
        escaped(panel.title)
    );
    for mark in x.marks() {
        let _ = writeln!(
            text,
            "<path class=\"grid\" d=\"M{0:.1} {TOP}V{1}\"/><text x=\"{0:.1}\" y=\"{2}\" \
             text-anchor=\"middle\">{3}</text>",
            x.place(mark),
            HEIGHT - BOTTOM,
            HEIGHT - BOTTOM + 18.0,
            number(mark)
        );
    }
    for mark in y.marks() {
        let _ = writeln!(
            text,
            "<path class=\"grid\" d=\"M{LEFT} {0:.1}H{1}\"/><text x=\"{2}\" y=\"{3:.1}\" \
             text-anchor=\"end\">{4}</text>",
            y.place(mark),
            WIDTH - RIGHT,
            LEFT - 8.0,
            y.place(mark) + 4.0,
            number(mark)
        );
    }
    let _ = writeln!(
        text,
        "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">objects</text>",
        (LEFT + WIDTH - RIGHT) / 2.0,
        HEIGHT - 8.0
    );
    for series in &panel.series {
        let places = series.points.iter();
        let places: Vec<String> = places
            .map(|point| format!("{:.1} {:.1}", x.place(point.0), y.place(point.1)))
            .collect();
        if !places.is_empty() {
            let class = series.class;
            let _ = writeln!(
                text,
                "<path class=\"line {class}\" d=\"M{}\"/>",
                places.join("L")
            );
        }
    }
    text
}

/// A logarithmic axis over whole decades.
struct Axis {
    first: i32,
    last: i32,
    from: f64,
    to: f64,
}

impl Axis {
    fn of(values: impl Iterator<Item = f64>, from: f64, to: f64) -> Axis {
        let (mut least, mut most) = (f64::INFINITY, f64::NEG_INFINITY);
        for value in values.filter(|value| *value > 0.0) {
            least = least.min(value);
            most = most.max(value);
        }
        if !least.is_finite() {
            (least, most) = (1.0, 10.0);
        }
        let (first, last) = (least.log10().floor() as i32, most.log10().ceil() as i32);
        Axis {
            first,
            last: last.max(first + 1),
            from,
            to,
        }
    }

    fn place(&self, value: f64) -> f64 {
        let (first, last) = (f64::from(self.first), f64::from(self.last));
        let share = (value.max(f64::MIN_POSITIVE).log10() - first) / (last - first);
        self.from + share.clamp(0.0, 1.0) * (self.to - self.from)
    }

    fn marks(&self) -> impl Iterator<Item = f64> {
        (self.first..=self.last).map(|power| 10f64.powi(power))
    }
}

fn number(value: f64) -> String {
    if value < 1.0 {
        return format!("{value}");
    }
    crate::report::thousands(value.round() as u64)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every element that is opened is closed, in its order, and there is nothing that is no number
    /// where one has to be.
    #[test]
    fn the_plot_is_well_formed() {
        let series = Series {
            name: "a < b & c".to_owned(),
            class: "shared0",
            points: vec![(100.0, 0.5), (10_000.0, 70.0)],
        };
        let empty = Series {
            points: Vec::new(),
            ..series.clone()
        };
        let panel = Panel {
            title: "seconds",
            series: vec![series, empty],
        };
        let svg = svg(&[panel.clone(), panel]);
        assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
        let mut open = Vec::new();
        for tag in svg.split('<').skip(1) {
            let (tag, _) = tag.split_once('>').unwrap();
            let name = tag.split([' ', '/']).find(|part| !part.is_empty()).unwrap();
            if tag.starts_with('/') {
                assert_eq!(open.pop(), Some(name), "{svg}");
            } else if !tag.ends_with('/') {
                open.push(name);
            }
            assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
        }
        assert!(open.is_empty(), "{open:?}");
        assert!(svg.contains("a &lt; b &amp; c"));
    }

    #[test]
    fn an_axis_is_logarithmic() {
        let axis = Axis::of([100.0, 5_000.0].into_iter(), 0.0, 200.0);
        let close = |value: f64, place: f64| (axis.place(value) - place).abs() < 1e-9;
        assert!(close(100.0, 0.0) && close(1_000.0, 100.0) && close(10_000.0, 200.0));
        assert_eq!(axis.marks().count(), 3);
    }
}
