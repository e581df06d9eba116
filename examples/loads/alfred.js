// The load of Alfred's scaling review, for `k6 run` and for `plimsoll simulate --load`.
import http from 'k6/http';
import { sleep } from 'k6';

const AGENT_CORE = 'http://agent-core:8011/api';

export const options = {
  // Up to 100 users, then to 200, each held for ten minutes, and out again: 35 minutes.
  stages: [
    { duration: '5m', target: 100 },
    { duration: '10m', target: 100 },
    { duration: '5m', target: 200 },
    { duration: '10m', target: 200 },
    { duration: '5m', target: 0 },
  ],
  thresholds: {
    http_req_duration: ['p(95)<500'], // milliseconds
    http_req_failed: ['rate<0.01'],
  },
};

// One user looks whether the agent is there, hands it a task, and waits a second.
export default function () {
  http.get(`${AGENT_CORE}/health`);
  http.post(
    `${AGENT_CORE}/tasks`,
    JSON.stringify({ intent: 'test_scaling', content: { test: 'data' } }),
    { headers: { 'Content-Type': 'application/json' } },
  );
  sleep(1);
}
