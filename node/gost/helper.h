// The helper: signs and verifies for the node, in a process of its own (tamga-gost).
#pragma once

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "node/gost/channel.h"
#include "node/gost/gost_engine.h"

namespace tamga::gost {

// What is asked and answered, as fields of a frame; one question a connection:
//   "key"                                                  "done", id of its key, or nothing if it has none
//   "sign", algorithm, key id, type, payload               "done", signature
//   "verify", algorithm, public key, data, signature       "good", or "bad"
// and "error", text to anything that cannot be done. Only headers of requests and replies, and bundles for couriers,
// are signed, so that whoever takes over the node can have nothing else signed, unless he can read the key's file as
// the same user.
class Helper {
 public:
  // Listens at `socket` until destroyed. Without a key it verifies only. Errors of LoadGostEngine and ListenAt.
  static absl::StatusOr<std::unique_ptr<Helper>> Start(const std::string& socket, std::unique_ptr<GostSigner> key);
  ~Helper();

 private:
  Helper(std::unique_ptr<ChannelListener> listener, std::unique_ptr<GostSigner> key);

  void Serve();
  Fields Answer(const Fields& question) const;

  const std::unique_ptr<ChannelListener> listener_;
  const std::unique_ptr<GostSigner> key_;
  std::vector<std::thread> threads_;
};

}  // namespace tamga::gost
