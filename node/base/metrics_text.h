// Figures in the text format of Prometheus, version 0.0.4.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"

namespace tamga {

// Thread-compatible.
class MetricsText {
 public:
  // Begins a gauge; its samples follow. `name` is of letters, digits and underscores, `help` one line.
  void AddGauge(absl::string_view name, absl::string_view help);
  // A sample of the gauge begun last. Values may hold anything; never what a record says about a person.
  void AddSample(std::initializer_list<std::pair<absl::string_view, absl::string_view>> labels, int64_t value);

  const std::string& text() const { return text_; }

 private:
  std::string name_;
  std::string text_;
};

}  // namespace tamga
