package nexmark.source;

import java.io.IOException;
import nexmark.model.Auction;
import nexmark.model.Bid;
import nexmark.model.Event;
import nexmark.model.Person;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.core.JsonFactory;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.core.JsonParser;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.core.JsonToken;

/** Events as lines of JSON. The type comes first; no text of the workload needs an escape. */
public final class Ndjson {
    private final JsonFactory factory = new JsonFactory();

    public Event parse(String line) throws IOException {
        try (JsonParser json = factory.createParser(line)) {
            if (json.nextToken() != JsonToken.START_OBJECT || !"type".equals(json.nextFieldName())) {
                throw new IOException("not an event: " + line);
            }
            return switch (json.nextTextValue()) {
                case "bid" -> bid(json);
                case "auction" -> auction(json);
                case "person" -> person(json);
                default -> throw new IOException("not an event: " + line);
            };
        }
    }

    private static Bid bid(JsonParser json) throws IOException {
        Bid b = new Bid();
        for (String field = json.nextFieldName(); field != null; field = json.nextFieldName()) {
            switch (field) {
                case "dateTime" -> b.dateTime = json.nextLongValue(0);
                case "auction" -> b.auction = json.nextLongValue(0);
                case "bidder" -> b.bidder = json.nextLongValue(0);
                case "price" -> b.price = json.nextLongValue(0);
                case "channel" -> b.channel = json.nextTextValue();
                case "url" -> b.url = json.nextTextValue();
                case "extra" -> b.extra = json.nextTextValue();
                default -> throw new IOException("unknown field of a bid: " + field);
            }
        }
        return b;
    }

    private static Auction auction(JsonParser json) throws IOException {
        Auction a = new Auction();
        for (String field = json.nextFieldName(); field != null; field = json.nextFieldName()) {
            switch (field) {
                case "dateTime" -> a.dateTime = json.nextLongValue(0);
                case "id" -> a.id = json.nextLongValue(0);
                case "itemName" -> a.itemName = json.nextTextValue();
                case "description" -> a.description = json.nextTextValue();
                case "initialBid" -> a.initialBid = json.nextLongValue(0);
                case "reserve" -> a.reserve = json.nextLongValue(0);
                case "expires" -> a.expires = json.nextLongValue(0);
                case "seller" -> a.seller = json.nextLongValue(0);
                case "category" -> a.category = json.nextLongValue(0);
                case "extra" -> a.extra = json.nextTextValue();
                default -> throw new IOException("unknown field of an auction: " + field);
            }
        }
        return a;
    }

    private static Person person(JsonParser json) throws IOException {
        Person p = new Person();
        for (String field = json.nextFieldName(); field != null; field = json.nextFieldName()) {
            switch (field) {
                case "dateTime" -> p.dateTime = json.nextLongValue(0);
                case "id" -> p.id = json.nextLongValue(0);
                case "name" -> p.name = json.nextTextValue();
                case "emailAddress" -> p.emailAddress = json.nextTextValue();
                case "creditCard" -> p.creditCard = json.nextTextValue();
                case "city" -> p.city = json.nextTextValue();
                case "state" -> p.state = json.nextTextValue();
                case "extra" -> p.extra = json.nextTextValue();
                default -> throw new IOException("unknown field of a person: " + field);
            }
        }
        return p;
    }
}
