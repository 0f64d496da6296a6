// What certificates say, a row each.
#pragma once

#include "certs/certificate.h"
#include "node/cli/table.h"

namespace tamga::cli {

// Says nothing about whether they may be believed.
Table CertificateTable(const certs::CertificateChain& chain);

}  // namespace tamga::cli
