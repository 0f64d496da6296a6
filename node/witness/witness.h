// The witness of the partners' logs (c2sp.org/tlog-witness): cosigns a checkpoint once it is proven that the log has
// only grown since the one that was seen before.
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "node/ledger/add_checkpoint.h"
#include "node/ledger/note.h"
#include "node/witness/log_watch.h"
#include "node/witness/partner_logs.h"

namespace tamga::witness {

// The answer to add-checkpoint, as over HTTP.
struct WitnessAnswer {
  int status = 0;
  std::string content_type;
  std::string body;
  std::string seen_checkpoint;  // with 409, 422 and 503, what was seen before; not for HTTP
};

// Thread-safe.
class Witness {
 public:
  // `key` is of type kCosignature. `check_memory` says whether what was seen of partners' logs can be relied on: an old
  // backup may have forgotten what was cosigned last. `logs` and `watch` outlive this.
  Witness(PartnerLogs& logs, LogWatch& watch, ledger::NoteKey key, ledger::NoteSigner sign,
          std::function<absl::Status()> check_memory)
      : logs_(logs),
        watch_(watch),
        key_(std::move(key)),
        sign_(std::move(sign)),
        check_memory_(std::move(check_memory)) {}

  // `from` is the agency whose node asks. A wrong proof from a log's own node is a contradiction; from anybody else it
  // may be made up. 503, with what was seen, while `check_memory` fails.
  absl::StatusOr<WitnessAnswer> AddCheckpoint(absl::string_view body, const std::string& from);
  // The same for the body of a POST <prefix>/add-checkpoint, from whomever: what fails here is 503.
  WitnessAnswer AnswerHttp(absl::string_view body);

 private:
  absl::StatusOr<WitnessAnswer> Judge(const ledger::AddCheckpoint& request, const PartnerCheckpoint& partner,
                                      const std::string& from);

  PartnerLogs& logs_;
  LogWatch& watch_;
  const ledger::NoteKey key_;
  const ledger::NoteSigner sign_;
  const std::function<absl::Status()> check_memory_;
};

}  // namespace tamga::witness
