import http from 'k6/http';
export const options = {
  stages: [{ duration: '5 parsecs', target: 10 }],
};
export default function () { http.get('http://web/'); }
