#include "node/base/metrics_text.h"

#include "gtest/gtest.h"

namespace tamga {
namespace {

TEST(MetricsTextTest, EachGaugeHasItsHelpAndThenItsSamples) {
  MetricsText metrics;
  metrics.AddGauge("tamga_log_entries", "Entries in the log.");
  metrics.AddSample({}, 17);
  metrics.AddGauge("tamga_outbox_messages", "Messages that wait for a partner.");
  metrics.AddSample({{"partner", "KGZ/interior-ministry"}}, 2);
  metrics.AddSample({{"partner", "TJK/interior-ministry"}, {"kind", "a"}}, -1);
  EXPECT_EQ(metrics.text(),
            "# HELP tamga_log_entries Entries in the log.\n"
            "# TYPE tamga_log_entries gauge\n"
            "tamga_log_entries 17\n"
            "# HELP tamga_outbox_messages Messages that wait for a partner.\n"
            "# TYPE tamga_outbox_messages gauge\n"
            "tamga_outbox_messages{partner=\"KGZ/interior-ministry\"} 2\n"
            "tamga_outbox_messages{partner=\"TJK/interior-ministry\",kind=\"a\"} -1\n");
}

TEST(MetricsTextTest, AValueCannotEndItsLabel) {
  MetricsText metrics;
  metrics.AddGauge("a", "b");
  metrics.AddSample({{"c", "\"} 1\n\\"}}, 0);
  EXPECT_EQ(metrics.text(), "# HELP a b\n# TYPE a gauge\na{c=\"\\\"} 1\\n\\\\\"} 0\n");
}

}  // namespace
}  // namespace tamga
