// An agency system's client in JavaScript: checks one traveller over mutual TLS and prints the answer as JSON.
//
//   node check_traveller.js --address 127.0.0.1:7401 --agency KAZ/border-service --roots KAZ.pem --cert lane.pem
//        --key lane.key --mrz LINE1 LINE2 [--ask KGZ/interior-ministry]…
//
// Exit status: 0 answered, 1 refused (the reason is printed), 2 wrong usage.
'use strict';

const fs = require('fs');
const path = require('path');
const { parseArgs } = require('util');
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');

const protoDir = path.join(__dirname, '..', '..', 'proto');
const options = { keepCase: false, longs: String, enums: String, defaults: true, includeDirs: [protoDir] };

function arguments_() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      address: { type: 'string' },
      agency: { type: 'string' },
      roots: { type: 'string' },
      cert: { type: 'string' },
      key: { type: 'string' },
      mrz: { type: 'boolean' },
      ask: { type: 'string', multiple: true, default: [] },
    },
  });
  for (const name of ['address', 'agency', 'roots', 'cert', 'key']) {
    if (!values[name]) {
      console.error(`--${name} is required`);
      process.exit(2);
    }
  }
  return { ...values, lines: positionals };
}

// The node must prove that it is the agency's node: a SPIFFE id in its certificate, under its own State's root.
function credentials(args) {
  const [state, agency] = args.agency.toLowerCase().split('/');
  const wanted = `URI:spiffe://${state}.tamga/${agency}/node/`;
  const checkServerIdentity = (_host, certificate) =>
    (certificate.subjectaltname || '').split(', ').some((name) => name.startsWith(wanted))
      ? undefined
      : new Error(`the server is not the node of ${args.agency}`);
  return grpc.credentials.createSsl(fs.readFileSync(args.roots), fs.readFileSync(args.key), fs.readFileSync(args.cert), {
    checkServerIdentity,
  });
}

// The machine-readable part of an error: google.rpc.ErrorInfo in the status details.
function reasonOf(error) {
  const [encoded] = error.metadata ? error.metadata.get('grpc-status-details-bin') : [];
  if (!encoded) return '';
  const definitions = loader.loadSync(['google/rpc/status.proto', 'google/rpc/error_details.proto'], options);
  const status = definitions['google.rpc.Status'];
  const info = definitions['google.rpc.ErrorInfo'];
  const detail = status.deserialize(encoded).details.find((any) => any.type_url.endsWith('google.rpc.ErrorInfo'));
  return detail ? info.deserialize(detail.value).reason : '';
}

const args = arguments_();
const api = grpc.loadPackageDefinition(loader.loadSync('tamga/v1/watchlist_service.proto', options)).tamga.v1;
const client = new api.WatchlistService(args.address, credentials(args));
const request = {
  context: { purpose: 'PURPOSE_BORDER_CHECK', caseReference: 'LANE-7', officer: '4711' },
  mrzLines: args.lines,
  partners: args.ask,
};
client.checkTraveller(request, { deadline: Date.now() + 10000 }, (error, response) => {
  if (error) {
    console.log(JSON.stringify({ code: grpc.status[error.code], reason: reasonOf(error), message: error.details }));
    process.exitCode = 1;
  } else {
    console.log(JSON.stringify(response, null, 2));
  }
  client.close();
});
