// tamga-ministry: the interior ministry's case system, joined to its node by files or tables.
//
//   tamga-ministry --config ministry.txtpb           works until SIGTERM
//   tamga-ministry --config ministry.txtpb --check   checks the configuration and what it names, and ends
//
// How it ends is in node/base/exit_code.h.
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "adapters/interior_ministry/backoff.h"
#include "adapters/interior_ministry/change_feed.h"
#include "adapters/interior_ministry/disk_folder.h"
#include "adapters/interior_ministry/folder_inbox.h"
#include "adapters/interior_ministry/folder_numbers.h"
#include "adapters/interior_ministry/folder_outbox.h"
#include "adapters/interior_ministry/table_inbox.h"
#include "node/base/clock.h"
#include "node/base/error.h"
#include "node/base/log.h"
#include "node/base/private_memory.h"
#include "node/base/program_options.h"
#include "node/base/rng.h"
#include "node/base/signals.h"
#include "node/exchange/tls.h"
#include "node/ministry_main/grpc_desk.h"
#include "node/ministry_main/ministry_setup.h"
#include "node/ministry_main/postgres_tables.h"
#include "node/ministry_main/work_loop.h"

namespace tamga::ministry {
namespace {

struct Options {
  std::string config;
  bool check = false;
};

// Where changes go, again and again.
class Feed {
 public:
  Feed(const char* where, adapters::MinistryDesk& desk, adapters::ChangeSink& sink, Rng& rng)
      : where_(where), feed_(desk, sink), backoff_(rng), loop_([this] { return Run(); }) {}

 private:
  absl::Duration Run() {
    const absl::Status ended = feed_.Run();
    if (feed_.heard()) backoff_.Reset();
    const absl::Duration pause = backoff_.Next();
    // Nodes restart, and end what is idle: only a reason is worth a line.
    Log(Severity::kWarning, "changes wait",
        {{"where", where_}, {"reason", ReasonOf(ended)}, {"detail", std::string(ended.message())}});
    return pause;
  }

  const char* const where_;
  adapters::ChangeFeed feed_;
  adapters::Backoff backoff_;
  WorkLoop loop_;
};

// The drop folder, worked on.
class FolderWork {
 public:
  FolderWork(const v1::MinistryFolder& config, adapters::DropFolder& folder, adapters::MinistryDesk& desk,
             const Clock& clock, Rng& rng)
      : numbers_(folder),
        inbox_({FormatOf(config), absl::Milliseconds(config.poll_ms()), absl::Milliseconds(config.settle_ms())}, folder,
               desk, numbers_, clock, rng),
        outbox_(FormatOf(config), folder),
        feed_("folder", desk, outbox_, rng),
        loop_([this] { return inbox_.Look(); }) {}

 private:
  static adapters::MinistryFormat FormatOf(const v1::MinistryFolder& config) {
    return config.format() == v1::MINISTRY_FILE_FORMAT_XML ? adapters::MinistryFormat::kXml
                                                           : adapters::MinistryFormat::kJson;
  }

  adapters::FolderNumbers numbers_;
  adapters::FolderInbox inbox_;
  adapters::FolderOutbox outbox_;
  Feed feed_;
  WorkLoop loop_;
};

// The tables, worked on.
class TableWork {
 public:
  TableWork(const v1::MinistryDatabase& config, adapters::MinistryDesk& desk, Rng& rng)
      : table_(config.connection()),
        inbox_(absl::Milliseconds(config.poll_ms()), table_, desk, rng),
        outbox_(config.connection()),
        feed_("database", desk, outbox_, rng),
        loop_([this] { return Look(); }) {}

 private:
  // How long the program may take to end: a wait for the database cannot be cut short.
  static constexpr absl::Duration kSlice = absl::Milliseconds(500);

  // Waits for the database between two looks, a slice at a time.
  absl::Duration Look() {
    if (left_ <= absl::ZeroDuration()) left_ = inbox_.Look();
    const absl::Duration slice = std::min(left_, kSlice);
    const absl::StatusOr<bool> came = table_.Wait(slice);
    left_ = came.value_or(false) ? absl::ZeroDuration() : left_ - slice;
    return came.ok() ? absl::ZeroDuration() : slice;
  }

  PostgresInbox table_;
  adapters::TableInbox inbox_;
  absl::Duration left_;
  PostgresOutbox outbox_;
  Feed feed_;
  WorkLoop loop_;
};

ExitCode Run(const Options& options) {
  const SystemClock clock;
  SystemRng rng;
  const sigset_t end_signals = BlockSignals({SIGTERM, SIGINT});
  KeepMemoryPrivate();
  absl::StatusOr<MinistrySetup> setup = LoadMinistrySetup(options.config);
  if (!setup.ok()) {
    std::fprintf(stderr, "%s\n", std::string(setup.status().message()).c_str());
    return kUsage;
  }
  if (options.check) {
    std::printf("%s: in order\n", options.config.c_str());
    return kSuccess;
  }
  const auto not_started = [](const absl::Status& why) {
    Log(Severity::kError, "not started", {{"reason", ReasonOf(why)}, {"detail", std::string(why.message())}});
  };
  if (absl::Status status = exchange::RestrictOpenSslToTls13(); !status.ok()) {
    not_started(status);
    return kOther;
  }
  std::unique_ptr<adapters::DiskFolder> folder;
  if (setup->config.has_folder()) {
    absl::StatusOr<std::unique_ptr<adapters::DiskFolder>> opened =
        adapters::DiskFolder::Open(setup->config.folder().path());
    if (!opened.ok()) {
      not_started(opened.status());
      return kRefused;
    }
    folder = *std::move(opened);
  }
  {
    const std::string agency = setup->profile.node_agency;
    GrpcDesk desk(std::move(setup->profile), absl::Milliseconds(setup->config.call_timeout_ms()), clock);
    std::optional<FolderWork> folder_work;
    std::optional<TableWork> table_work;
    if (folder != nullptr) folder_work.emplace(setup->config.folder(), *folder, desk, clock, rng);
    if (setup->config.has_database()) table_work.emplace(setup->config.database(), desk, rng);
    Log(Severity::kInfo, "working", {{"agency", agency}, {"version", TAMGA_VERSION}});
    int signal = 0;
    sigwait(&end_signals, &signal);
    desk.Stop();
  }
  Log(Severity::kInfo, "ended");
  return kSuccess;
}

}  // namespace
}  // namespace tamga::ministry

int main(int argc, char** argv) {
  tamga::ministry::Options options;
  CLI::App program("An interior ministry's case system, joined to its node. Works until SIGTERM.", "tamga-ministry");
  program.add_option("--config", options.config, "The configuration, such as ministry.txtpb")->required();
  program.add_flag("--check", options.check, "Check the configuration and what it names, and end");
  program.set_version_flag("--version", "tamga-ministry " TAMGA_VERSION);
  if (const auto ended = tamga::ParseOrEnd(program, argc, argv)) return *ended;
  return tamga::ministry::Run(options);
}
