// Looks each second at the files of certificates and keys, and says in time when certificates end.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "node/audit/admin.h"
#include "node/base/repeating_thread.h"
#include "node/main/credentials.h"
#include "node/main/expiry.h"

namespace tamga::node {

// Thread-safe.
class CredentialsWatch {
 public:
  // Runs until destroyed. `credentials` and `clock` outlive this.
  CredentialsWatch(Credentials& credentials, const Clock& clock);

 private:
  void Look();

  Credentials& credentials_;
  const Clock& clock_;
  ExpiryReminder reminder_;  // of the thread alone
  RepeatingThread thread_;
};

// What an operator is told of them.
audit::CredentialFacts FactsOf(const Credentials& credentials, absl::Time now);

}  // namespace tamga::node
