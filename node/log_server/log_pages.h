// Which request gets what: the tile API (C2SP tlog-tiles) and the witness's door (C2SP tlog-witness).
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "certs/principal.h"
#include "node/audit/auditor.h"
#include "node/audit/reading_log.h"
#include "node/exchange/access.h"
#include "node/ledger/tile_paths.h"
#include "node/log_server/http_message.h"

namespace tamga::log_server {

// Answers the body of an add-checkpoint request; thread-safe.
using AddCheckpoint = std::function<HttpAnswer(std::string body)>;

// GET and HEAD of "/checkpoint", "/tile/..." for auditors and partners' nodes, entry bundles for auditors of the own
// State alone, and each logged as read before it is answered; POST of "/add-checkpoint" if there is somebody to take
// it. Refusals are a line of text: reason, what is wrong. Thread-safe.
class LogPages {
 public:
  // `auditor` and `readings` outlive the pages.
  LogPages(exchange::AccessPolicy access, const audit::Auditor& auditor, const audit::ReadingLog& readings,
           AddCheckpoint add_checkpoint)
      : access_(std::move(access)),
        auditor_(auditor),
        readings_(readings),
        add_checkpoint_(std::move(add_checkpoint)) {}

  HttpAnswer Answer(const certs::Principal& caller, HttpRequest request) const;

 private:
  HttpAnswer AnswerTile(const certs::Principal& caller, const HttpRequest& request) const;
  HttpAnswer AnswerAddCheckpoint(const certs::Principal& caller, HttpRequest request) const;

  const exchange::AccessPolicy access_;
  const audit::Auditor& auditor_;
  const audit::ReadingLog& readings_;
  const AddCheckpoint add_checkpoint_;
};

}  // namespace tamga::log_server
