//! Managed scaling: what a spec says of it, and the example that uses it.

use plimsoll_core::scaling::{Behavior, RateKind, RatePolicy, SelectPolicy};
use plimsoll_core::spec::{Kind, Managed, Mode, Places, Signal, Spec, code};
use plimsoll_core::units::{MetricValue, Seconds};

use crate::support::{check, document, production, with_files};

fn compiled(name: &str, environment: &str) -> Spec {
    let (document, files) = with_files(name);
    let compiled = document.compile(environment, &files);
    compiled.spec.unwrap_or_else(|| panic!("{name}: {:#?}", compiled.problems))
}

const SHOP: &str = "\
platform: shop
account: '123456789012'
regions: { eu-central-1: {} }
environments: { production: {} }
defaults:
  network: { subnets: { tags: { a: b } }, security_groups: { tags: { a: b } } }
  instances: { machine: { type: c6i.large }, image: { ssm_parameter: /image } }
services:
  web:
    bounds: { min: 1, max: 5 }
    scaling: SCALING
";

/// A shop with one service, whose scaling is given.
fn with_scaling(scaling: &str) -> String {
    SHOP.replace("SCALING", scaling)
}

fn mode(text: &str) -> Mode {
    production(text).regions["eu-central-1"].services["web"].mode.clone()
}

fn managed(scaling: &str) -> Managed {
    match mode(&with_scaling(scaling)) {
        Mode::Managed(managed) => managed,
        Mode::TargetTracking => panic!("{scaling} is not managed"),
    }
}

const CPU: &str = "policies: { cpu: { target_tracking: { metric: cpu, target: 75 } } }";

#[test]
fn without_a_mode_auto_scaling_decides() {
    assert_eq!(mode(&with_scaling(&format!("{{ {CPU} }}"))), Mode::TargetTracking);
    let said = format!("{{ mode: target_tracking, {CPU} }}");
    assert_eq!(mode(&with_scaling(&said)), Mode::TargetTracking);
}

#[test]
fn what_is_left_out_is_what_kubernetes_fills_in() {
    let bare = managed(&format!("{{ mode: managed, {CPU} }}"));
    assert_eq!(bare, Managed { behavior: Behavior::kubernetes(), interval: Seconds(60) });
    let behavior = "behavior: { scaleUp: { selectPolicy: Min, tolerance: 0.05 }, scaleDown: { \
                    stabilizationWindowSeconds: 0, policies: [{ type: Pods, value: 2, \
                    periodSeconds: 1800 }] } }";
    let Managed { behavior, interval } =
        managed(&format!("{{ mode: managed, interval: 10s, {behavior}, {CPU} }}"));
    let mut expected = Behavior::kubernetes();
    expected.scale_up.select_policy = SelectPolicy::Min;
    expected.scale_up.tolerance = Some(MetricValue::from_f64(0.05).unwrap());
    expected.scale_down.stabilization_window = Seconds(0);
    let period = Seconds(1_800);
    expected.scale_down.policies = vec![RatePolicy { kind: RateKind::Instances, value: 2, period }];
    assert_eq!((behavior, interval), (expected, Seconds(10)));
}

#[test]
fn a_behaviour_is_written_as_kubernetes_shows_it() {
    let shown = serde_json::to_string(&Behavior::kubernetes()).unwrap();
    let again = managed(&format!("{{ mode: managed, behavior: {shown}, {CPU} }}"));
    assert_eq!(again.behavior, Behavior::kubernetes());
}

#[test]
fn the_edges_of_every_range_are_accepted() {
    let rules = |window, value, period, tolerance| {
        format!(
            "{{ stabilizationWindowSeconds: {window}, tolerance: {tolerance}, policies: [{{ type: \
             Percent, value: {value}, periodSeconds: {period} }}] }}"
        )
    };
    let (least, most) = (rules(0, 1, 1, "0"), rules(3_600, 1_000, 1_800, "0.999999"));
    let text = with_scaling(&format!(
        "{{ mode: managed, behavior: {{ scaleUp: {least}, scaleDown: {most} }}, {CPU} }}"
    ));
    assert_eq!(check(&text), []);
}

#[test]
fn layers_merge_in_a_behaviour_as_everywhere() {
    let text = with_scaling(&format!(
        "{{ mode: managed, behavior: {{ scaleDown: {{ stabilizationWindowSeconds: 600, tolerance: \
         0.2 }} }}, {CPU} }}"
    ));
    let overlay = "environments:\n  production:\n    defaults: { scaling: { interval: 30s } }\n    \
                   services: { web: { scaling: { behavior: { scaleUp: { selectPolicy: Disabled }, \
                   scaleDown: { tolerance: null } } } } }\n";
    let text = text.replace("environments: { production: {} }\n", "") + overlay;
    let Mode::Managed(managed) = mode(&text) else { panic!("not managed") };
    let mut expected = Behavior::kubernetes();
    expected.scale_up.select_policy = SelectPolicy::Disabled;
    expected.scale_down.stabilization_window = Seconds(600);
    assert_eq!(managed, Managed { behavior: expected, interval: Seconds(30) });
}

#[test]
fn an_environment_leaves_managed_scaling_with_one_key_and_is_told_what_is_unused() {
    let text = with_scaling(&format!("{{ mode: managed, interval: 10s, {CPU} }}")).replace(
        "{ production: {} }",
        "{ production: { services: { web: { scaling: { mode: target_tracking } } } } }",
    );
    assert_eq!(mode(&text), Mode::TargetTracking);
    let problems = document(&text).check(&plimsoll_core::spec::Files::new());
    let codes: Vec<_> = problems.iter().map(|problem| problem.code).collect();
    assert_eq!(codes, [code::UNUSED_BEHAVIOR]);
}

#[test]
fn the_managed_alfred_differs_from_alfred_in_who_decides_and_in_nothing_else() {
    for environment in ["production", "development"] {
        let alfred = compiled("alfred.yaml", environment);
        let managed = compiled("alfred-managed.yaml", environment);
        for (region, name, service) in managed.services() {
            let is_managed = matches!(service.mode, Mode::Managed(_));
            assert_eq!(is_managed, service.kind == Kind::Stateless, "{name} in {region}");
        }
        assert_eq!(without_modes_and_places(managed), without_modes_and_places(alfred));
    }
}

fn without_modes_and_places(mut spec: Spec) -> Spec {
    for service in spec.regions.values_mut().flat_map(|region| region.services.values_mut()) {
        service.mode = Mode::default();
        service.places = Places::default();
    }
    spec
}

/// The manifest of agent-core in the reference.
#[test]
fn the_managed_alfred_has_the_behaviour_of_the_reference() {
    let spec = compiled("alfred-managed.yaml", "production");
    let region = &spec.regions["us-east-1"];
    let behavior = |name: &str| match &region.services[name].mode {
        Mode::Managed(managed) => managed.behavior.clone(),
        Mode::TargetTracking => panic!("{name} is not managed"),
    };
    let rate = |kind, value| RatePolicy { kind, value, period: Seconds(60) };
    let core = behavior("agent-core");
    assert_eq!(core.scale_up.stabilization_window, Seconds(60));
    assert_eq!(core.scale_up.select_policy, SelectPolicy::Max);
    let up = [rate(RateKind::Percent, 100), rate(RateKind::Instances, 4)];
    assert_eq!(core.scale_up.policies, up);
    assert_eq!(core.scale_down.stabilization_window, Seconds(300));
    assert_eq!(core.scale_down.policies, [rate(RateKind::Percent, 50)]);
    // The manifest of agent-rag has no behaviour.
    assert_eq!(behavior("agent-rag"), Behavior::kubernetes());
}

#[test]
fn the_metrics_of_agent_rag_mean_something_to_the_simulator() {
    let spec = compiled("alfred.yaml", "production");
    let signals = &spec.regions["eu-central-1"].services["agent-rag"].capacity.signals;
    let signals: Vec<_> = signals.iter().map(|(name, signal)| (name.as_str(), *signal)).collect();
    let one = Signal::PerRequest(MetricValue::whole(1));
    assert_eq!(
        signals,
        [
            ("ApproximateNumberOfMessagesVisible", Signal::Constant(MetricValue::whole(0))),
            ("requests_per_second", one),
            ("vector_searches_per_second", one),
        ]
    );
}
