// A running issuing authority: its database, its revocation lists, its server.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "node/authority/authority_config.h"
#include "node/base/clock.h"
#include "node/base/clock_watch.h"
#include "node/base/rng.h"

namespace tamga::authority {

class Authority {
 public:
  // Opens the database and serves. Its own TLS certificate, that of the node of <STATE>/issuing-authority, it issues to
  // itself, with a key that is kept in memory alone; both last until the issuing certificate ends. It goes by `wall` as
  // long as that keeps step with `uptime`, also since an earlier run in the same folder (see node::ClockKeeper): what a
  // clock that has jumped signs would be good for years, or for nobody. `wall`, `uptime` and `rng` outlive the
  // authority.
  static absl::StatusOr<std::unique_ptr<Authority>> Start(AuthoritySetup setup, const Clock& wall, const Uptime& uptime,
                                                          Rng& rng);
  // Gives calls under way 10 seconds.
  ~Authority();
  Authority(const Authority&) = delete;
  Authority& operator=(const Authority&) = delete;

  // The address that it listens on, with the port that the kernel chose.
  const std::string& address() const;

 private:
  struct Parts;
  explicit Authority(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

}  // namespace tamga::authority
