//! The scaling policies and schedules of Alfred, read back with boto3.

use serde_json::{Value, json};

use crate::harness::REGIONS;
use crate::standing::alfred;

const ON_REQUESTS: [&str; 4] = ["agent-core", "agent-financial", "agent-legal", "agent-social"];

/// The parts of a policy that a spec decides.
fn policies(region: &str, service: &str) -> Value {
    let policies = &alfred().world.service(region, service)["Policies"];
    let told = policies.as_object().unwrap().iter().map(|(name, policy)| {
        assert_eq!(policy["PolicyType"], "TargetTrackingScaling");
        assert_eq!(policy["Enabled"], true);
        (name.clone(), policy["TargetTrackingConfiguration"].clone())
    });
    told.collect::<serde_json::Map<_, _>>().into()
}

fn tracking(metric: &str, specification: &Value, target: f64) -> Value {
    json!({ metric: specification, "TargetValue": target, "DisableScaleIn": false })
}

fn of_group(service: &str) -> Value {
    json!([{ "Name": "AutoScalingGroupName", "Value": format!("alfred-production-{service}-a") }])
}

/// `app/<balancer>/<id>/targetgroup/<name>/<id>`, put together from the two ARNs.
fn label(region: &str, service: &str) -> String {
    let ground = |part| alfred().account.ground(region, part);
    let balancer = ground("load_balancer").as_str().unwrap();
    let target_group = ground("target_groups")[service].as_str().unwrap();
    let (_, balancer) = balancer.split_once("loadbalancer/").unwrap();
    let (_, target_group) = target_group.rsplit_once(':').unwrap();
    format!("{balancer}/{target_group}")
}

#[test]
fn web_services_track_cpu_memory_and_requests_with_labels_derived_from_the_ground() {
    for region in REGIONS {
        for service in ON_REQUESTS {
            let cpu = json!({ "PredefinedMetricType": "ASGAverageCPUUtilization" });
            let memory = json!({
                "Namespace": "CWAgent",
                "MetricName": "mem_used_percent",
                "Dimensions": of_group(service),
                "Statistic": "Average",
            });
            let requests = json!({
                "PredefinedMetricType": "ALBRequestCountPerTarget",
                "ResourceLabel": label(region, service),
            });
            let expected = json!({
                "cpu": tracking("PredefinedMetricSpecification", &cpu, 75.0),
                "memory": tracking("CustomizedMetricSpecification", &memory, 80.0),
                "requests": tracking("PredefinedMetricSpecification", &requests, 1000.0),
            });
            assert_eq!(policies(region, service), expected, "{service} in {region}");
        }
    }
}

#[test]
fn agent_rag_tracks_its_own_metrics_and_the_backlog_per_instance() {
    let custom = |name: &str| {
        json!({
            "Namespace": "Alfred",
            "MetricName": name,
            "Dimensions": of_group("agent-rag"),
            "Statistic": "Average",
        })
    };
    for region in REGIONS {
        let mut found = policies(region, "agent-rag");
        let backlog = found.as_object_mut().unwrap().remove("backlog").unwrap();
        let customized = "CustomizedMetricSpecification";
        let expected = json!({
            "requests": tracking(customized, &custom("requests_per_second"), 100.0),
            "searches": tracking(customized, &custom("vector_searches_per_second"), 50.0),
        });
        assert_eq!(found, expected, "{region}");
        assert_eq!(backlog["TargetValue"], 30.0);
        check_math(backlog[customized]["Metrics"].as_array().unwrap());
    }
}

fn check_math(queries: &[Value]) {
    let query = |id: &str| queries.iter().find(|query| query["Id"] == id).unwrap();
    assert_eq!(queries.len(), 3);
    let waiting = &query("waiting")["MetricStat"];
    assert_eq!(waiting["Metric"]["MetricName"], "ApproximateNumberOfMessagesVisible");
    assert_eq!(
        waiting["Metric"]["Dimensions"],
        json!([{ "Name": "QueueName", "Value": "alfred-tasks" }])
    );
    assert_eq!(waiting["Stat"], "Sum");
    let instances = &query("instances")["MetricStat"];
    assert_eq!(instances["Metric"]["MetricName"], "GroupInServiceInstances");
    assert_eq!(instances["Metric"]["Dimensions"], of_group("agent-rag"));
    assert_eq!(query("per_instance")["Expression"], "waiting / instances");
    let tracked = |id: &str| query(id)["ReturnData"].clone();
    assert_eq!(
        [tracked("waiting"), tracked("instances"), tracked("per_instance")],
        [false, false, true]
    );
}

#[test]
fn stateful_services_have_no_policies() {
    for region in REGIONS {
        for service in ["db-postgres", "redis", "vector-db"] {
            assert_eq!(policies(region, service), json!({}));
        }
    }
}

#[test]
fn the_working_day_of_agent_core_is_scheduled_in_its_time_zone() {
    for region in REGIONS {
        let actions = &alfred().world.service(region, "agent-core")["ScheduledActions"];
        assert_eq!(actions.as_object().unwrap().len(), 2);
        for (name, cron, min) in
            [("weekday-morning", "30 6 * * MON-FRI", 3), ("weekday-evening", "0 20 * * MON-FRI", 2)]
        {
            let action = &actions[name];
            assert_eq!(action["Recurrence"], cron);
            assert_eq!(action["TimeZone"], "Europe/Berlin");
            assert_eq!(action["MinSize"], min);
            assert_eq!(action["MaxSize"], Value::Null);
            assert_eq!(action["DesiredCapacity"], Value::Null);
        }
    }
}
