// Whether those who have keys for the node, tokens and other processes, do what they are asked: seen before a call
// needs them.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "certs/key_helper.h"
#include "certs/seal.h"
#include "node/base/clock.h"
#include "node/base/repeating_thread.h"
#include "node/main/config.h"
#include "tamga/v1/admin_service.pb.h"

namespace tamga::node {

struct NamedHelper {
  std::string what;  // "seal", or an algorithm
  std::shared_ptr<const certs::KeyHelper> helper;
};

// None for a key in the node's memory.
std::vector<NamedHelper> HelpersOf(const std::shared_ptr<const certs::Seal>& seal, const ExtraSeals& extra_seals);

// As they were the last time that anybody asked them.
std::vector<v1::HelperStatus> StatusOf(const std::vector<NamedHelper>& helpers);

// Asks each helper, and says in the log which ones fail: at once, then once an hour, and when they answer again. For
// one thread at a time.
class HelperLook {
 public:
  using Helpers = std::function<std::vector<NamedHelper>()>;

  // `clock` outlives this. `helpers`: those of the moment.
  HelperLook(Helpers helpers, const Clock& clock) : helpers_(std::move(helpers)), clock_(clock) {}

  void Look();

 private:
  const Helpers helpers_;
  const Clock& clock_;
  std::map<std::string, absl::Time> said_;  // when it was last said of one that fails, by what it is and where
};

// Looks at once and then every ten seconds, until destroyed, which waits for a question under way.
class HelperWatch {
 public:
  HelperWatch(HelperLook::Helpers helpers, const Clock& clock);

 private:
  HelperLook look_;
  RepeatingThread thread_;
};

}  // namespace tamga::node
