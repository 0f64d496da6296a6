// tamga watchlist import: a published list, alert by alert, to the own node.
#include <cerrno>
#include <fstream>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "adapters/partner_state/un_list.h"
#include "node/base/status_macros.h"
#include "node/cli/output.h"
#include "node/cli/progress.h"
#include "node/cli/session.h"
#include "node/cli/watchlist_parts.h"
#include "tamga/v1/watchlist_service.grpc.pb.h"

namespace tamga::cli {
namespace {

constexpr char kUnXml[] = "un-xml";
constexpr char kUnSource[] = "UN/security-council";
// Messages are closed at this size, far below the node's limit of 1 MiB, or at the contract's 500 alerts.
constexpr size_t kBatchBytes = 256 << 10;
constexpr int kBatchAlerts = 500;

struct ImportArguments {
  std::string format;
  std::string file;
};

// Gathers alerts into messages and hands each full one to `send`, which returns false when the node takes no more.
template <typename Send>
class Batcher {
 public:
  explicit Batcher(Send send) : send_(std::move(send)) { batch_.set_source(kUnSource); }

  absl::Status Add(v1::Alert alert) {
    bytes_ += alert.ByteSizeLong();
    *batch_.add_alerts() = std::move(alert);
    return batch_.alerts_size() == kBatchAlerts || bytes_ >= kBatchBytes ? Flush() : absl::OkStatus();
  }

  absl::Status Flush() {
    // What the node has to say follows as the status of the call.
    if (open_ && batch_.alerts_size() > 0) open_ = send_(batch_);
    batch_.clear_alerts();
    bytes_ = 0;
    return absl::OkStatus();
  }

 private:
  Send send_;
  v1::ImportAlertsRequest batch_;
  size_t bytes_ = 0;
  bool open_ = true;
};

// The list as the adapter sees it, with what it could not read.
struct Reading {
  adapters::UnListCounts counts;
  Table rejected{"WHERE", "ALERT", "REASON"};
};

template <typename Send>
absl::Status ReadList(std::istream& input, Environment& environment, Reading& reading, Send send) {
  Progress progress(environment, "Reading the list, records");
  Batcher batcher(std::move(send));
  RETURN_IF_ERROR(adapters::ReadUnList(
      input, {[&](v1::Alert alert) { return batcher.Add(std::move(alert)); },
              [&](const adapters::RejectedRow& row) {
                reading.rejected.AddRow({absl::StrCat("line ", row.line), row.reference, row.reason});
              },
              [&](const adapters::UnListCounts& counts) {
                reading.counts = counts;
                progress.Show(counts.alerts + counts.rejected + counts.entities_skipped, 0);
              }}));
  return batcher.Flush();
}

void PrintResult(Environment& environment, Reading& reading, const v1::ImportAlertsResponse& response) {
  for (const v1::RejectedAlert& alert : response.rejected()) {
    reading.rejected.AddRow({"node", alert.alert_id(), alert.reason()});
  }
  Table table({"CREATED", "UPDATED", "UNCHANGED", "REJECTED", "ENTITIES SKIPPED"});
  table.AddRow({absl::StrCat(response.created()), absl::StrCat(response.updated()), absl::StrCat(response.unchanged()),
                absl::StrCat(reading.counts.rejected + response.rejected_count()),
                absl::StrCat(reading.counts.entities_skipped)});
  PrintTable(environment, table);
  if (reading.rejected.empty()) return;
  environment.out << "\n";
  PrintTable(environment, reading.rejected);
}

absl::Status Import(const ImportArguments& arguments, Environment& environment) {
  if (arguments.format != kUnXml) return UsageError(absl::StrCat("--format must be ", kUnXml));
  std::ifstream input(arguments.file, std::ios::binary);
  if (!input) return absl::ErrnoToStatus(errno, absl::StrCat("cannot open ", arguments.file));
  ASSIGN_OR_RETURN(const auto session, Session::Open(environment));
  Reading reading;
  ASSIGN_OR_RETURN(auto response, session->Send(&v1::WatchlistService::Stub::ImportAlerts, [&](auto send) {
    return ReadList(input, environment, reading, send);
  }));
  if (!PrintedAsJson(environment, response)) PrintResult(environment, reading, response);
  if (const uint64_t rejected = reading.counts.rejected + response.rejected_count(); rejected > 0) {
    Say(environment, absl::StrCat("Not taken in: ", rejected, "; all others were."));
  }
  return absl::OkStatus();
}

}  // namespace

void AddImportCommand(const Command& watchlist) {
  const Command command = watchlist.Add("import", "Take in a published list; the same list again changes nothing");
  const auto arguments = std::make_shared<ImportArguments>();
  command.Required("--format", "un-xml: the UN Security Council's consolidated list", Into(arguments->format));
  command.Required("file", "The list", Into(arguments->file));
  command.Run([arguments](Environment& environment) { return Import(*arguments, environment); });
}

}  // namespace tamga::cli
