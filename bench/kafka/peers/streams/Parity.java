import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Produced;

/** Reads JSON with a text, writes JSON with the parity of the text's length; in one thread, as Kafka Streams does by default. */
final class Parity {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Arguments: bootstrap, application, input, output, guarantee, milliseconds from commit to commit, folder for its state. */
  public static void main(String[] args) {
    var settings = new Properties();
    settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, args[0]);
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, args[1]);
    settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, args[4]);
    settings.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, args[5]);
    settings.put(StreamsConfig.STATE_DIR_CONFIG, args[6]);
    settings.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");

    var builder = new StreamsBuilder();
    builder.stream(args[2], Consumed.with(Serdes.String(), Serdes.String()))
        .mapValues(Parity::label)
        .to(args[3], Produced.with(Serdes.String(), Serdes.String()));

    var streams = new KafkaStreams(builder.build(), settings);
    Runtime.getRuntime().addShutdownHook(new Thread(streams::close));
    streams.start();
  }

  private static String label(String value) {
    try {
      var document = JSON.readTree(value);
      var label = document.get("text").textValue().length() % 2 == 0 ? "even" : "odd";
      return JSON.writeValueAsString(JSON.createObjectNode().put("id", document.get("id").longValue()).put("label", label));
    } catch (JsonProcessingException error) {
      throw new IllegalArgumentException(error);
    }
  }
}
