#include "node/trust/list_exchange.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "node/base/encoding.h"
#include "node/base/error.h"
#include "node/base/log.h"
#include "node/base/status_macros.h"
#include "node/base/text.h"

namespace tamga::trust {
namespace {

// More than all States' lists need; it bounds what a partner can make us do.
constexpr int kMostMessages = 256;
constexpr absl::Duration kMostTime = absl::Seconds(20);  // for all of them: a node that stops waits for a round

// gRPC's own refusal: the node's have a reason.
bool IsTooLarge(const absl::Status& status) { return absl::IsResourceExhausted(status) && ReasonOf(status).empty(); }

}  // namespace

void ListExchange::Round() {
  const absl::Time now = parts_.clock.Now();
  // A clock that was put back holds nothing up for longer than usual.
  if (now < next_try_ && next_try_ - now <= kRetryAfter) return;
  absl::Status done;
  const absl::Duration refresh =
      std::min(parts_.refresh, parts_.keeper.PaceOf(StateOf(parts_.partner), parts_.refresh));
  if (now >= next_fetch_ || next_fetch_ - now > refresh) {
    done = Fetch();
    if (IsTooLarge(done)) {
      // It is there all the same, and is to have our lists.
      Log(Severity::kWarning, "a partner's revocation lists are larger than max_message_bytes",
          {{"partner", parts_.partner}, {"detail", std::string(done.message())}});
      done = absl::OkStatus();
    }
    if (done.ok()) next_fetch_ = now + refresh;
  }
  if (done.ok()) done = Push();
  if (!done.ok()) {
    next_try_ = parts_.clock.Now() + kRetryAfter;
    // Once: a partner that is down for a day is not news every five seconds.
    if (!failing_) {
      Log(Severity::kWarning, "partner not reached for revocation lists",
          {{"partner", parts_.partner}, {"reason", ReasonOf(done)}, {"detail", std::string(done.message())}});
    }
  }
  failing_ = !done.ok();
}

absl::Status ListExchange::Fetch() {
  v1::FetchRevocationsRequest request;
  for (const HeldList& held : parts_.book.Lists()) request.add_held_sha256(held.sha256);
  const absl::Time end = parts_.clock.Now() + kMostTime;
  for (int i = 0; i < kMostMessages && parts_.clock.Now() < end; ++i) {
    ASSIGN_OR_RETURN(const v1::FetchRevocationsResponse response,
                     parts_.peer->Fetch(request, parts_.clock.Now() + parts_.timeout));
    known_ = {response.held_sha256().begin(), response.held_sha256().end()};
    std::vector<RevocationList> lists;
    for (const v1::RevocationList& message : response.lists()) {
      absl::StatusOr<RevocationList> list = ParseRevocationList(message);
      if (list.ok()) lists.push_back(*std::move(list));
      request.add_held_sha256(Sha256(message.crl()));  // whatever becomes of it, it is not asked for again
    }
    parts_.keeper.Take(lists, parts_.partner);
    if (!response.more() || response.lists().empty()) return absl::OkStatus();
  }
  return absl::OkStatus();
}

absl::Status ListExchange::Push() {
  while (true) {
    const ListLack lack = parts_.book.LackOf(known_);
    if (lack.lists.empty()) return absl::OkStatus();
    const absl::Status pushed = PushAtOnce(lack.lists);
    if (IsTooLarge(pushed)) {
      RETURN_IF_ERROR(PushOneByOne(lack.lists));
    } else {
      RETURN_IF_ERROR(pushed);
    }
    for (const HeldList& held : lack.lists) known_.insert(held.sha256);
  }
}

absl::Status ListExchange::PushAtOnce(const std::vector<HeldList>& lists) {
  v1::PushRevocationsRequest request;
  for (const HeldList& held : lists) *request.add_lists() = ToProto(held.list);
  return parts_.peer->Push(request, parts_.clock.Now() + parts_.timeout).status();
}

// One State's large list does not keep the others' from a partner that takes small messages only.
absl::Status ListExchange::PushOneByOne(const std::vector<HeldList>& lists) {
  for (const HeldList& held : lists) {
    const absl::Status pushed = PushAtOnce({held});
    if (pushed.ok()) continue;
    if (!IsTooLarge(pushed)) return pushed;
    Log(Severity::kWarning, "revocation list is larger than a partner takes",
        {{"partner", parts_.partner}, {"state", held.list.state}, {"detail", std::string(pushed.message())}});
  }
  return absl::OkStatus();
}

}  // namespace tamga::trust
