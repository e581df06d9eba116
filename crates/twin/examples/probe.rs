use plimsoll_core::spec::Document;
use plimsoll_twin::{load::*, model::Model, run::*};
use std::{fs, time::Instant};
fn main() {
    let days: u64 = std::env::args().nth(1).map_or(1, |a| a.parse().unwrap());
    let text = fs::read_to_string(std::env::args().nth(2).unwrap_or("examples/alfred.yaml".into()))
        .unwrap();
    let document = Document::parse(plimsoll_core::spec::Source { name: "a".into(), text });
    let files = [("alfred/user-data.sh".to_owned(), Ok("#!/bin/sh\n".to_owned()))].into();
    let spec = document.compile("production", &files).spec.unwrap();
    let mut sources = vec![];
    for (i, name) in ["agent-core", "agent-rag", "agent-financial", "agent-legal", "agent-social"]
        .into_iter()
        .enumerate()
    {
        let values = (0..1440u64)
            .map(|m| {
                let d = (m as f64 / 1440.0 * std::f64::consts::TAU * 3.0).sin();
                (250.0 + 220.0 * d) * if i == 0 { 1.0 } else { 0.3 }
                    + ((m * 7919 + i as u64) % 37) as f64 * 2.0
            })
            .collect::<Vec<_>>();
        let values = values.iter().cycle().take(1440 * days as usize).copied().collect();
        sources.push(Source::Open {
            service: name.into(),
            region: None,
            rate: Curve::Samples { step: 60, values },
        });
    }
    let load = Load { name: "probe".into(), sources, ..Load::default() };
    let options = Options {
        start: "2027-01-04T00:00:00Z".parse().unwrap(),
        seconds: days * 86400,
        seed: 1,
        trace: std::env::var("TRACE").is_ok(),
        model: Model::default(),
        faults: vec![],
    };
    let t = Instant::now();
    let o = simulate(&spec, &load, &options);
    let took = t.elapsed();
    if days < 3 {
        for r in &o.rows {
            println!(
                "{} {} peak {} mean {:.2} req {:.0} lost {:.0} p95 {:?} ev {} above {} rises {}/{} {:?} {:?} {:?}",
                r.service,
                r.region,
                r.peak_capacity,
                r.mean_capacity,
                r.requests,
                r.lost,
                r.p95_ms,
                r.scaling_events,
                r.minutes_above_target,
                r.rises.met,
                r.rises.count,
                r.rises.mean_seconds,
                r.drivers,
                r.holds
            );
        }
        println!("{:#?}", o.total);
        println!("{:#?}", o.notes);
        if let Some(t) = &o.trace {
            println!("{} marks", t.marks.len());
            for m in t.marks.iter().take(60) {
                println!("{} {} {} {}", m.at, m.region, m.service, m.text);
            }
        }
    } else {
        println!(
            "{:?} events/day/group min {:?}",
            o.total.scaling_events as f64 / days as f64 / 15.0,
            o.rows.iter().filter(|r| r.peak_capacity > 1).map(|r| r.scaling_events / days).min()
        );
    }
    println!("took {took:?}");
}
