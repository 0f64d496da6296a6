#include "node/cli/progress.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace tamga::cli {
namespace {

constexpr size_t kBarWidth = 30;
constexpr uint64_t kCountStep = 100;
constexpr char kWipeLine[] = "\r\033[K";

}  // namespace

Progress::Progress(Environment& environment, std::string label)
    : err_(environment.err),
      enabled_(environment.err_is_terminal && !environment.settings.quiet),
      label_(std::move(label)) {}

Progress::~Progress() {
  if (!drawn_.empty()) err_ << kWipeLine << std::flush;
}

void Progress::Show(uint64_t done, uint64_t total) {
  if (!enabled_) return;
  if (total == 0) {
    Draw(absl::StrCat(label_, " ", done / kCountStep * kCountStep));
    return;
  }
  const double share = std::min(1.0, static_cast<double>(done) / static_cast<double>(total));
  const auto filled = static_cast<size_t>(share * kBarWidth);
  Draw(absl::StrCat(label_, " [", std::string(filled, '#'), std::string(kBarWidth - filled, '.'), "] ",
                    static_cast<int>(share * 100), " %"));
}

void Progress::Draw(const std::string& text) {
  if (text == drawn_) return;
  err_ << kWipeLine << text << std::flush;
  drawn_ = text;
}

}  // namespace tamga::cli
