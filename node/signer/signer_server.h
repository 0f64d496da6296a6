// The process that holds the seal's key: signs what its node asks for over a Unix socket, and nothing else.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/string_view.h"
#include "certs/signer.h"
#include "node/base/clock.h"
#include "node/base/unix_socket.h"
#include "node/signer/protocol.h"
#include "node/signer/rate_limit.h"

namespace tamga::signer {

struct ServerRules {
  std::set<std::string, std::less<>> types;  // what is signed
  uid_t client = 0;                          // the user who may ask; no other, not even root
  uint32_t max_per_second = 0;               // requests, of all connections together
};

// Serves from its making to its end. Sixteen connections at once; one on which nothing comes for a minute is closed.
class SignerServer {
 public:
  // `key` and `clock` outlive it.
  SignerServer(Descriptor listening, const certs::Signer& key, ServerRules rules, const Clock& clock);
  // Requests under way are answered.
  ~SignerServer();
  SignerServer(const SignerServer&) = delete;
  SignerServer& operator=(const SignerServer&) = delete;

 private:
  void Loop();
  bool IsStopping() const;
  void Serve(const Descriptor& connection);
  Answer AnswerTo(absl::string_view bytes);
  Answer KeyId();
  Answer Sign(const Request& request);
  Answer MakeCsr(const Request& request);

  const Descriptor listening_;
  const Descriptor stop_;  // an eventfd that is readable when all is to end
  const certs::Signer& key_;
  const ServerRules rules_;
  RateLimit rate_limit_;
  std::vector<std::thread> threads_;
};

}  // namespace tamga::signer
