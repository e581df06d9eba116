//! One table: service by region.

use std::fmt;

use clap::builder::styling::Style;
use comfy_table::{Attribute, Cell, CellAlignment, Color, Table, presets};
use jiff::Timestamp;
use plimsoll_core::lease::Lease;
use plimsoll_core::spec::Problem;
use plimsoll_core::status::{GroupRow, Row, Status, Totals};
use serde::Serialize;

use super::published::Differing;
use super::style::{CHANGE, HEAD, dark, paragraph};

/// What a platform looks like.
#[derive(Debug, Serialize)]
pub(crate) struct StatusView<'a> {
    #[serde(flatten)]
    pub(crate) status: &'a Status,
    /// Doubts about the spec.
    pub(crate) doubts: &'a [Problem],
    /// Where controllers read another spec.
    #[serde(skip_serializing_if = "Differing::is_empty")]
    pub(crate) published: Differing,
}

const HEADER: [&str; 8] =
    ["Service", "Region", "Min", "Desired", "Max", "In service", "Healthy", "Policies"];

impl fmt::Display for StatusView<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Status { platform, environment, rows, totals, unreachable, .. } = self.status;
        writeln!(f, "{HEAD}{platform}/{environment}{HEAD:#}\n")?;
        let mut table = Table::new();
        table.load_style(presets::NOTHING).set_header(
            HEADER.map(|title| Cell::new(title.replace(' ', "\n")).add_attribute(Attribute::Bold)),
        );
        for (index, column) in table.column_iter_mut().enumerate() {
            column.set_padding((0, 2));
            if (2..7).contains(&index) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        for services in rows.chunk_by(|one, next| one.service == next.service) {
            for (index, row) in services.iter().enumerate() {
                table.add_row(cells(row, index == 0));
            }
            let total = services.first().and_then(|row| totals.get(&row.service));
            if let Some(total) = total.filter(|_| services.len() > 1) {
                table.add_row(total_cells(total));
            }
        }
        writeln!(f, "{}", table.trim_fmt())?;
        self.write_leases(f)?;
        self.write_drift(f)?;
        self.published.fmt(f)?;
        unreachable.iter().try_for_each(|(region, why)| {
            writeln!(f)?;
            dark(f, region, why)
        })
    }
}

impl StatusView<'_> {
    /// What bounds other than the spec's are for, and tags that only look as if they were.
    fn write_leases(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let groups = || self.status.rows.iter().filter_map(|row| Some((row, row.group.as_ref()?)));
        if groups().any(|(_, group)| !group.leases.is_empty()) {
            writeln!(f, "\nLeases in force:")?;
        }
        for (Row { service, region, .. }, group) in groups() {
            for lease in &group.leases {
                let lease = lease_words(lease, self.status.at);
                paragraph(f, Style::new(), 2, &format!("{service} in {region}: {lease}"))?;
            }
        }
        if groups().any(|(_, group)| !group.unreadable.is_empty()) {
            writeln!(f, "\nWarning, tags that are no leases:")?;
        }
        for (Row { service, region, .. }, group) in groups() {
            for unreadable in &group.unreadable {
                paragraph(f, CHANGE, 2, &format!("{service} in {region}: {unreadable}"))?;
            }
        }
        Ok(())
    }

    fn write_drift(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let differing = |row: &&Row| row.group.as_ref().is_none_or(|group| !group.drift.is_empty());
        let mut rows = self.status.rows.iter().filter(differing).peekable();
        if rows.peek().is_none() {
            return Ok(());
        }
        writeln!(f, "\nDiffers from the spec (see plimsoll plan):")?;
        for Row { service, region, group, .. } in rows {
            let what = group.as_ref().map_or_else(
                || "there is no group".to_owned(),
                |group| group.drift.iter().map(|field| short(field)).collect::<Vec<_>>().join(", "),
            );
            paragraph(f, CHANGE, 2, &format!("{service} in {region}: {what}"))?;
        }
        Ok(())
    }
}

/// A lease as an operator asks about it: what, until when, by whom, and why.
fn lease_words(lease: &Lease, now: Timestamp) -> String {
    let floor = lease.floor.map(|floor| format!("at least {floor}"));
    let ceiling = lease.allowed().map(|ceiling| format!("at most {ceiling}"));
    let sizes: Vec<String> = floor.into_iter().chain(ceiling).collect();
    let why = if lease.why.is_empty() { String::new() } else { format!(" ({})", lease.why) };
    format!(
        "{} until {} by {}: {} {}{why}",
        sizes.join(" and "),
        moment(lease.until, now),
        lease.by,
        lease.cause,
        lease.id
    )
}

/// A moment to come: its time of day where that is enough.
fn moment(then: Timestamp, now: Timestamp) -> String {
    let within_a_day = then.duration_since(now).as_hours() < 24;
    let form = if within_a_day { "%H:%M UTC" } else { "%F %H:%M UTC" };
    then.strftime(form).to_string()
}

/// A policy by its name alone.
fn short(field: &str) -> &str {
    field.strip_prefix("scaling.policies.").unwrap_or(field)
}

fn cells(row: &Row, first: bool) -> Vec<Cell> {
    let service = Cell::new(if first { row.service.as_str() } else { "" });
    let mut cells = vec![service.add_attribute(Attribute::Bold), Cell::new(&row.region)];
    if let Some(group) = &row.group {
        let GroupRow { bounds, desired, in_service, healthy_targets, .. } = group;
        cells.extend([bounds.min, *desired, bounds.max].map(Cell::new));
        cells.push(short_of(*in_service, *desired));
        let healthy = healthy_targets.map(|healthy| short_of(healthy, *in_service));
        cells.push(healthy.unwrap_or_else(|| Cell::new("-")));
        cells.push(policies(group));
    } else {
        cells.extend(["-"; 5].map(Cell::new));
        cells.push(Cell::new("no group").fg(Color::Yellow));
    }
    cells
}

/// A number that should reach another one.
fn short_of(number: u32, wanted: u32) -> Cell {
    let cell = Cell::new(number);
    if number < wanted { cell.fg(Color::Yellow) } else { cell }
}

fn policies(group: &GroupRow) -> Cell {
    let GroupRow { policies_in_place, policies_wanted, drift, .. } = group;
    if drift.iter().any(|field| field.starts_with("scaling.policies.")) {
        Cell::new("drifted").fg(Color::Yellow)
    } else if *policies_wanted == 0 {
        Cell::new("-")
    } else {
        Cell::new(format!("{policies_in_place}/{policies_wanted}"))
    }
}

fn total_cells(total: &Totals) -> Vec<Cell> {
    let Totals { min, desired, max, in_service } = total;
    let numbers = [min, desired, max, in_service].map(u32::to_string);
    let texts = [String::new(), "total".to_owned()].into_iter().chain(numbers);
    texts.map(|text| Cell::new(text).add_attribute(Attribute::Dim)).collect()
}

#[cfg(test)]
mod tests;
