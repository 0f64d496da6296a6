// What a node believes: whose certificates, and what time it is.
#pragma once

#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "certs/certificate.h"
#include "node/base/repeating_thread.h"
#include "node/main/clock_keeper.h"
#include "node/main/layer_stores.h"
#include "node/trust/list_watch.h"
#include "node/trust/revocation_book.h"
#include "node/trust/trust_keeper.h"

namespace tamga::node {

struct TrustLayer : StoreLayer {
  using StoreLayer::StoreLayer;

  absl::Status WatchClock();
  // `issuers` gives those of the certificates that the node shows now.
  absl::Status OpenTrust(std::function<certs::CertificateChain()> issuers);

  std::unique_ptr<trust::RevocationBook> revocations;
  std::unique_ptr<trust::TrustKeeper> trust_keeper;
  std::unique_ptr<trust::ListWatch> list_files;
  std::unique_ptr<ClockKeeper> clock_keeper;
  std::unique_ptr<RepeatingThread> clock_looks;
};

}  // namespace tamga::node
