//! The report as a drawing: chains on logarithmic axes, claims as bars. Plain SVG, no fonts of its own.

use std::fmt::Write;

use super::{
    SNARKJS,
    report::{Circuit, Report, title},
};

const WIDTH: f64 = 1000.0;
const HEIGHT: f64 = 460.0;
const TOP: f64 = 74.0;
const BOTTOM: f64 = 396.0;
/// Distinct for the colour-blind too (Okabe and Ito).
const COLOURS: [&str; 6] = ["#555555", "#0072b2", "#009e73", "#d55e00", "#cc79a7", "#e69f00"];

/// Draws it.
pub fn svg(report: &Report) -> String {
    let provers = report.provers();
    let chains = named(report, |name| name.starts_with("chain-"));
    let others = named(report, |name| !name.starts_with("chain-"));
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" \
         font-family=\"sans-serif\" font-size=\"13\" fill=\"#222222\">\n\
         <title>Seconds of a Groth16 proof by prover</title>\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n"
    );
    legend(&mut out, report, &provers);
    if !chains.is_empty() {
        lines(&mut out, &chains, &provers, if others.is_empty() { WIDTH - 30.0 } else { 440.0 });
    }
    if !others.is_empty() {
        bars(&mut out, &others, &provers, if chains.is_empty() { 70.0 } else { 520.0 });
    }
    out + "</svg>\n"
}

fn named(report: &Report, filter: impl Fn(&str) -> bool) -> Vec<&Circuit> {
    report.circuits.iter().filter(|circuit| filter(&circuit.name)).collect()
}

fn legend(out: &mut String, report: &Report, provers: &[&str]) {
    let mut x = 70.0;
    for (prover, colour) in provers.iter().zip(COLOURS) {
        let _ = writeln!(out, "<rect x=\"{x}\" y=\"14\" width=\"14\" height=\"14\" fill=\"{colour}\"/>");
        let name = title(prover);
        text(out, (x + 20.0, 26.0), "start", &name);
        x += 46.0 + 7.2 * name.len() as f64;
    }
    if report.circuits.iter().any(|circuit| circuit.process_seconds(SNARKJS).is_some()) {
        dashed(out, &[(x, 21.0), (x + 24.0, 21.0)]);
        text(out, (x + 30.0, 26.0), "start", "snarkjs, whole process");
    }
    text(out, (WIDTH - 20.0, 26.0), "end", &format!("{} threads", report.threads));
}

fn text(out: &mut String, (x, y): (f64, f64), anchor: &str, text: &str) {
    let _ = writeln!(out, "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{text}</text>");
}

fn rule(out: &mut String, from: (f64, f64), to: (f64, f64), colour: &str) {
    let _ = writeln!(
        out,
        "<line x1=\"{:.1}\" y1=\"{:.1}\" x2=\"{:.1}\" y2=\"{:.1}\" stroke=\"{colour}\"/>",
        from.0, from.1, to.0, to.1
    );
}

fn polyline(out: &mut String, points: &[(f64, f64)], style: &str) {
    let path: Vec<String> = points.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
    let _ = writeln!(out, "<polyline points=\"{}\" fill=\"none\" {style}/>", path.join(" "));
}

fn dashed(out: &mut String, points: &[(f64, f64)]) {
    polyline(out, points, "stroke=\"#222222\" stroke-width=\"2\" stroke-dasharray=\"6 4\"");
}

/// Where a logarithm between `low` and `high` lies between two places.
fn between(value: f64, (low, high): (f64, f64), (from, to): (f64, f64)) -> f64 {
    from + (value - low) / (high - low) * (to - from)
}

fn lines(out: &mut String, circuits: &[&Circuit], provers: &[&str], right: f64) {
    let left = 70.0;
    let times = || {
        let provers = circuits.iter().flat_map(|circuit| provers.iter().filter_map(|p| circuit.seconds(p)));
        provers.chain(circuits.iter().filter_map(|circuit| circuit.process_seconds(SNARKJS)))
    };
    let low = times().fold(f64::INFINITY, f64::min).log10();
    let high = times().fold(0.0, f64::max).log10();
    let range = ((low - 0.08).min(high - 0.6), high + 0.08);
    let sizes = circuits.iter().map(|circuit| (circuit.constraints as f64).log2());
    let (least, most) = sizes.fold((f64::INFINITY, 0.0_f64), |(a, b), size| (a.min(size), b.max(size)));
    let across = (least - 0.4, most + 0.4);
    let x = |circuit: &Circuit| between((circuit.constraints as f64).log2(), across, (left, right));
    let y = |seconds: f64| between(seconds.log10(), range, (BOTTOM, TOP));

    text(out, (left, TOP - 16.0), "start", "Chains of x⁵: seconds a proof (logarithmic)");
    for tick in ticks(range) {
        rule(out, (left, y(tick)), (right, y(tick)), "#dddddd");
        text(out, (left - 8.0, y(tick) + 4.0), "end", &format!("{tick} s"));
    }
    for circuit in circuits {
        rule(out, (x(circuit), BOTTOM), (x(circuit), BOTTOM + 5.0), "#222222");
        let log = circuit.name.trim_start_matches("chain-");
        let _ = writeln!(
            out,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">2<tspan dy=\"-5\" font-size=\"10\">{log}</tspan></text>",
            x(circuit),
            BOTTOM + 22.0
        );
    }
    rule(out, (left, BOTTOM), (right, BOTTOM), "#222222");
    text(out, (left.midpoint(right), BOTTOM + 46.0), "middle", "constraints");
    let snarkjs: Vec<(f64, f64)> =
        circuits.iter().filter_map(|c| Some((x(c), y(c.process_seconds(SNARKJS)?)))).collect();
    dashed(out, &snarkjs);
    for (prover, colour) in provers.iter().zip(COLOURS) {
        let points: Vec<(f64, f64)> =
            circuits.iter().filter_map(|c| Some((x(c), y(c.seconds(prover)?)))).collect();
        polyline(out, &points, &format!("stroke=\"{colour}\" stroke-width=\"2\""));
        for (x, y) in points {
            let _ = writeln!(out, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4\" fill=\"{colour}\"/>");
        }
    }
}

/// 1, 2 and 5 times powers of ten within a range of logarithms.
fn ticks((low, high): (f64, f64)) -> Vec<f64> {
    let decades = low.floor() as i32..=high.ceil() as i32;
    let all = decades.flat_map(|decade| [1.0, 2.0, 5.0].map(|digit| digit * 10f64.powi(decade)));
    // Powers of ten are not exact: what is shown is.
    all.filter(|tick| (low..high).contains(&tick.log10())).map(|tick| (tick * 1e6).round() / 1e6).collect()
}

fn bars(out: &mut String, circuits: &[&Circuit], provers: &[&str], left: f64) {
    let right = WIDTH - 20.0;
    let times = circuits.iter().flat_map(|circuit| provers.iter().filter_map(|p| circuit.seconds(p)));
    let most = times.fold(0.0, f64::max) * 1.06;
    let y = |seconds: f64| between(seconds, (0.0, most), (BOTTOM, TOP));
    text(out, (left, TOP - 16.0), "start", "Claims at standard, and a circuit of bits: seconds a proof");
    for tick in linear(most) {
        rule(out, (left, y(tick)), (right, y(tick)), "#dddddd");
        text(out, (left - 8.0, y(tick) + 4.0), "end", &format!("{tick} s"));
    }
    let group = (right - left) / circuits.len() as f64;
    let bar = group * 0.84 / provers.len() as f64;
    for (index, circuit) in circuits.iter().enumerate() {
        let start = left + group * index as f64;
        for (place, (prover, colour)) in provers.iter().zip(COLOURS).enumerate() {
            let Some(seconds) = circuit.seconds(prover) else { continue };
            let x = start + group * 0.08 + bar * place as f64;
            let _ = writeln!(
                out,
                "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" fill=\"{colour}\"/>",
                x + 1.0,
                y(seconds),
                bar - 2.0,
                BOTTOM - y(seconds)
            );
            let _ = writeln!(
                out,
                "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\" font-size=\"9\">{}</text>",
                x + bar / 2.0,
                y(seconds) - 4.0,
                short(seconds)
            );
        }
        let middle = start + group / 2.0;
        text(out, (middle, BOTTOM + 20.0), "middle", &circuit.name);
        let _ = writeln!(
            out,
            "<text x=\"{middle:.1}\" y=\"{:.1}\" text-anchor=\"middle\" font-size=\"11\" fill=\"#555555\">{}</text>",
            BOTTOM + 36.0,
            circuit.constraints
        );
    }
    rule(out, (left, BOTTOM), (right, BOTTOM), "#222222");
    text(out, (left.midpoint(right), BOTTOM + 56.0), "middle", "circuit, constraints");
}

/// Two digits that count, above a narrow bar.
fn short(seconds: f64) -> String {
    let digits = if seconds < 1.0 { 2 } else { usize::from(seconds < 100.0) };
    format!("{seconds:.digits$}")
}

/// Some five round numbers up to `most`.
fn linear(most: f64) -> Vec<f64> {
    let rough = (most / 5.0).max(1e-6);
    let decade = 10f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].map(|digit| digit * decade).into_iter().find(|step| *step >= rough);
    let step = step.unwrap_or(rough);
    (0..).map(|i| (f64::from(i) * step * 1e6).round() / 1e6).take_while(|tick| *tick <= most).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round() {
        assert_eq!(ticks((-1.0, 0.5)), [0.1, 0.2, 0.5, 1.0, 2.0]);
        assert_eq!(linear(17.0), [0.0, 5.0, 10.0, 15.0]);
    }

    #[test]
    fn nothing_measured_is_drawn_too() {
        assert!(svg(&Report::default()).ends_with("</svg>\n"));
    }
}
